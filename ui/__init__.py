"""The house around the pages: navigation, frame and the pieces that pages share."""
