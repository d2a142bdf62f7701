"""The map of an area: what is drawn from which zoom, how things are served, what is found."""
