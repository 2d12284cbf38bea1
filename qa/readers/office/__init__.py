"""What Word documents and PowerPoint presentations are made of: one file each for what both or one of them need."""
