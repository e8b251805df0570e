"""What holds whatever the pages say: caps by the person, reserved money, duties that exclude each other."""
