"""What is derived from the ground: neighbour links, zones, proposed providers, rates."""
