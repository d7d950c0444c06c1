#!/bin/sh
# Which of the settings of settings.csv is best? On two ranks; options of dropsweep sweep may follow.
here=$(dirname "$0")
exec mpirun -n 2 dropsweep sweep --config "$here/config.ini" --settings "$here/settings.csv" "$@"
