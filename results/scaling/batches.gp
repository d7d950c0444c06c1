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
4 0.9992
16 0.9928
64 0.9441
1024 0.2403
EOD
$curve1 << EOD
1 1.0000
4 0.9992
16 0.9925
64 0.9460
1024 0.2445
EOD
$curve2 << EOD
1 1.0000
4 0.9989
16 0.9912
64 0.9388
1024 0.2452
EOD
$curve3 << EOD
1 1.0000
2 1.0000
4 0.9994
8 0.9986
16 0.9877
32 0.9827
64 0.8806
128 0.7309
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve4 << EOD
1 1.0000
2 0.9999
4 0.9997
8 0.9989
16 0.9882
32 0.9848
64 0.8819
128 0.7348
256 0.4927
512 0.2463
1024 0.1231
EOD
$curve5 << EOD
1 1.0000
2 0.9997
4 0.9989
8 0.9983
16 0.9865
32 0.9825
64 0.8783
128 0.7350
256 0.4931
512 0.2465
1024 0.1232
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
4 0.9992
16 0.9928
64 0.9441
1024 0.2403
EOD
$curve1 << EOD
1 1.0000
4 0.9992
16 0.9925
64 0.9460
1024 0.2445
EOD
$curve2 << EOD
1 1.0000
4 0.9989
16 0.9912
64 0.9388
1024 0.2452
EOD
$curve3 << EOD
1 1.0000
2 1.0000
4 0.9994
8 0.9986
16 0.9877
32 0.9827
64 0.8806
128 0.7309
256 0.4893
512 0.2445
1024 0.1221
EOD
$curve4 << EOD
1 1.0000
2 0.9999
4 0.9997
8 0.9989
16 0.9882
32 0.9848
64 0.8819
128 0.7348
256 0.4927
512 0.2463
1024 0.1231
EOD
$curve5 << EOD
1 1.0000
2 0.9997
4 0.9989
8 0.9983
16 0.9865
32 0.9825
64 0.8783
128 0.7350
256 0.4931
512 0.2465
1024 0.1232
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 128', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 512', \
     $curve2 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '8 shards, batches of 2,048', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 128', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 512', \
     $curve5 with linespoints linecolor rgb '#00765a' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '4 shards, batches of 2,048'
