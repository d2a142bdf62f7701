"""What is on the ground: compounds, buildings, barriers, providers, contracts, and files of them."""
