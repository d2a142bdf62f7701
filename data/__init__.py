"""Where input comes from: policies, the sample city, empty forms."""
