"""What the witnesses are asked, one function per witness, and where they disagree."""
