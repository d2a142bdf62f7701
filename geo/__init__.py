"""What is on the ground: compounds, buildings, barriers, providers, and files of them."""
