"""The house around the pages: catalogue, navigation, gallery, and the frame around a page."""
