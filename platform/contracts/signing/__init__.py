"""Signing a contract: the parties and the programme, then its terms."""
