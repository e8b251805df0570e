"""What both hosts keep of notifications, and the form in which every home page shows what waits."""
