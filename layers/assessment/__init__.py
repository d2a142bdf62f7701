"""How providers and compounds are judged: events, treatments, evaluations, subsidies, fees."""
