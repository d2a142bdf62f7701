"""The audit (审计): who changed what when, from which value to which, and what left the house."""
