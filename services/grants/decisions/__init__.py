"""Assessment, the committee's votes, and objections during the public notice."""
