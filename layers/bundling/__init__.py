"""Sites, links and policy in; contiguous zones with their reasons out."""
