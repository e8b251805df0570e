"""An invented year of work in Jinan's real districts and streets, to look at and to measure with."""
