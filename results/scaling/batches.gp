reset
set terminal pngcairo size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'batches.png'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Larger batches: 45 trials, growing groups, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
1 1.0000
4 0.9975
16 0.9757
64 0.8348
1024 0.1416
EOD
$curve1 << EOD
1 1.0000
4 0.9986
16 0.9877
64 0.9056
1024 0.1972
EOD
$curve2 << EOD
1 1.0000
4 0.9990
16 0.9902
64 0.9288
1024 0.2300
EOD
$curve3 << EOD
1 1.0000
2 0.9993
4 0.9969
8 0.9907
16 0.9691
32 0.9356
64 0.7731
128 0.5387
256 0.3603
512 0.1801
1024 0.0901
EOD
$curve4 << EOD
1 1.0000
2 0.9995
4 0.9984
8 0.9960
16 0.9821
32 0.9691
64 0.8500
128 0.6033
256 0.4444
512 0.2222
1024 0.1111
EOD
$curve5 << EOD
1 1.0000
2 0.9993
4 0.9985
8 0.9970
16 0.9844
32 0.9784
64 0.8681
128 0.6257
256 0.4788
512 0.2394
1024 0.1197
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 128', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 512', \
     $curve2 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 2,048', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 128', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 512', \
     $curve5 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 2,048'
reset
set terminal svg size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'batches.svg'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Larger batches: 45 trials, growing groups, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
1 1.0000
4 0.9975
16 0.9757
64 0.8348
1024 0.1416
EOD
$curve1 << EOD
1 1.0000
4 0.9986
16 0.9877
64 0.9056
1024 0.1972
EOD
$curve2 << EOD
1 1.0000
4 0.9990
16 0.9902
64 0.9288
1024 0.2300
EOD
$curve3 << EOD
1 1.0000
2 0.9993
4 0.9969
8 0.9907
16 0.9691
32 0.9356
64 0.7731
128 0.5387
256 0.3603
512 0.1801
1024 0.0901
EOD
$curve4 << EOD
1 1.0000
2 0.9995
4 0.9984
8 0.9960
16 0.9821
32 0.9691
64 0.8500
128 0.6033
256 0.4444
512 0.2222
1024 0.1111
EOD
$curve5 << EOD
1 1.0000
2 0.9993
4 0.9985
8 0.9970
16 0.9844
32 0.9784
64 0.8681
128 0.6257
256 0.4788
512 0.2394
1024 0.1197
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 128', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 512', \
     $curve2 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 2,048', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 128', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 512', \
     $curve5 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 2,048'
