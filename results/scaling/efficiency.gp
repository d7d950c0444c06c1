reset
set terminal pngcairo size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'efficiency.png'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Parallel efficiency, 4 shards, batches of 128, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
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
$curve1 << EOD
1 1.0000
2 0.9962
4 0.9756
8 0.9390
16 0.8910
32 0.6853
64 0.4961
128 0.4611
256 0.3603
512 0.1801
1024 0.0901
EOD
$curve2 << EOD
1 0.9999
2 0.8955
4 0.8260
8 0.7434
16 0.7139
32 0.6897
64 0.4961
128 0.4611
256 0.3603
512 0.1801
1024 0.0901
EOD
$curve3 << EOD
1 1.0000
2 0.9973
4 0.9775
8 0.9392
16 0.7406
32 0.5171
64 0.2587
128 0.1293
256 0.0647
512 0.0323
1024 0.0162
EOD
$curve4 << EOD
1 1.0000
2 0.9819
4 0.9088
8 0.7110
16 0.6317
32 0.5168
64 0.2587
128 0.1293
256 0.0647
512 0.0323
1024 0.0162
EOD
$curve5 << EOD
1 0.9999
2 0.9031
4 0.8303
8 0.6160
16 0.6317
32 0.5168
64 0.2587
128 0.1293
256 0.0647
512 0.0323
1024 0.0162
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, growing groups', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, queue', \
     $curve2 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, static waves', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, growing groups', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, queue', \
     $curve5 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, static waves'
reset
set terminal svg size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'efficiency.svg'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set title "Parallel efficiency, 4 shards, batches of 128, 25 Gbit/s"
set ylabel "parallel efficiency"
set key bottom left
$curve0 << EOD
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
$curve1 << EOD
1 1.0000
2 0.9962
4 0.9756
8 0.9390
16 0.8910
32 0.6853
64 0.4961
128 0.4611
256 0.3603
512 0.1801
1024 0.0901
EOD
$curve2 << EOD
1 0.9999
2 0.8955
4 0.8260
8 0.7434
16 0.7139
32 0.6897
64 0.4961
128 0.4611
256 0.3603
512 0.1801
1024 0.0901
EOD
$curve3 << EOD
1 1.0000
2 0.9973
4 0.9775
8 0.9392
16 0.7406
32 0.5171
64 0.2587
128 0.1293
256 0.0647
512 0.0323
1024 0.0162
EOD
$curve4 << EOD
1 1.0000
2 0.9819
4 0.9088
8 0.7110
16 0.6317
32 0.5168
64 0.2587
128 0.1293
256 0.0647
512 0.0323
1024 0.0162
EOD
$curve5 << EOD
1 0.9999
2 0.9031
4 0.8303
8 0.6160
16 0.6317
32 0.5168
64 0.2587
128 0.1293
256 0.0647
512 0.0323
1024 0.0162
EOD
plot $curve0 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, growing groups', \
     $curve1 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, queue', \
     $curve2 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 pointtype 7 pointsize 0.8 title '45 trials, static waves', \
     $curve3 with linespoints linecolor rgb '#0072b2' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, growing groups', \
     $curve4 with linespoints linecolor rgb '#c44e00' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, queue', \
     $curve5 with linespoints linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 pointtype 9 pointsize 0.8 title '9 trials, static waves'
