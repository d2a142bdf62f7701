"""What a person enters and mends by hand: one transaction each, by the rules of the import."""
