"""A second implementation of mandatum's decisions, written from its documentation."""
