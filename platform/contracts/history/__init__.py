"""What a contract went through, read from the shared floor's log."""
