"""Surveys of customers: how many to ask, whom, and what the answers estimate."""
