"""What an official sees first: rates with their 口径 and trend, who is worst, what comes next."""
