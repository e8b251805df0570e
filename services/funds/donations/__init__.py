"""What comes in: donations, receipts for them, and what is given back."""
