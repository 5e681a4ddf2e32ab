"""What a person may order, one file per order; the desk and the dispatcher are what they share."""
