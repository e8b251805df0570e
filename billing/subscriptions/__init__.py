"""What an agency or a bureau takes, from the trial to the end, and who pays for it."""
