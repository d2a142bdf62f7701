"""What people see: pages, maps, files, commands."""
