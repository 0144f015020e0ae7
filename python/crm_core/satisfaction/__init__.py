"""Customer satisfaction and how it is measured."""
