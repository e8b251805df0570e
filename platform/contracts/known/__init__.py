"""What was known of a contract on a day, and what has changed since."""
