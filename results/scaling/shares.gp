reset
set terminal pngcairo size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'shares.png'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set style fill solid 1 noborder
set multiplot layout 1,3 title "What the ranks do: 45 trials, growing groups, 25 Gbit/s"
set ylabel "share of the time of all ranks"
set key bottom left opaque
$of_4_128_computing << EOD
1 0.9996
2 0.9994
4 0.9988
8 0.9974
16 0.9838
32 0.9700
64 0.8597
128 0.6779
256 0.4943
512 0.2471
1024 0.1236
EOD
$of_4_128_busy << EOD
1 0.9996
2 0.9994
4 0.9990
8 0.9978
16 0.9847
32 0.9712
64 0.8624
128 0.8152
256 0.4949
512 0.2474
1024 0.1237
EOD
set title "4 shards, batches of 128"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_128_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_128_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_512_computing << EOD
1 0.9996
2 0.9993
4 0.9987
8 0.9980
16 0.9867
32 0.9801
64 0.8808
128 0.6519
256 0.4955
512 0.2477
1024 0.1239
EOD
$of_4_512_busy << EOD
1 0.9996
2 0.9993
4 0.9989
8 0.9984
16 0.9874
32 0.9809
64 0.8834
128 0.8266
256 0.4961
512 0.2480
1024 0.1240
EOD
set title "4 shards, batches of 512"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_512_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_512_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_2048_computing << EOD
1 0.9998
2 0.9992
4 0.9985
8 0.9975
16 0.9858
32 0.9817
64 0.8775
128 0.6406
256 0.4947
512 0.2473
1024 0.1237
EOD
$of_4_2048_busy << EOD
1 0.9998
2 0.9992
4 0.9986
8 0.9979
16 0.9864
32 0.9826
64 0.8798
128 0.8310
256 0.4953
512 0.2476
1024 0.1238
EOD
set title "4 shards, batches of 2,048"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_2048_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_2048_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
unset multiplot
reset
set terminal svg size 960,600 font 'DejaVu Sans,12' background '#ffffff'
set output 'shares.svg'
set encoding utf8
set logscale x 2
set xrange [1:1024]
set xtics (1, 4, 16, 64, 256, 1024)
set yrange [0:1.05]
set xlabel "ranks"
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
set style fill solid 1 noborder
set multiplot layout 1,3 title "What the ranks do: 45 trials, growing groups, 25 Gbit/s"
set ylabel "share of the time of all ranks"
set key bottom left opaque
$of_4_128_computing << EOD
1 0.9996
2 0.9994
4 0.9988
8 0.9974
16 0.9838
32 0.9700
64 0.8597
128 0.6779
256 0.4943
512 0.2471
1024 0.1236
EOD
$of_4_128_busy << EOD
1 0.9996
2 0.9994
4 0.9990
8 0.9978
16 0.9847
32 0.9712
64 0.8624
128 0.8152
256 0.4949
512 0.2474
1024 0.1237
EOD
set title "4 shards, batches of 128"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_128_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_128_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_512_computing << EOD
1 0.9996
2 0.9993
4 0.9987
8 0.9980
16 0.9867
32 0.9801
64 0.8808
128 0.6519
256 0.4955
512 0.2477
1024 0.1239
EOD
$of_4_512_busy << EOD
1 0.9996
2 0.9993
4 0.9989
8 0.9984
16 0.9874
32 0.9809
64 0.8834
128 0.8266
256 0.4961
512 0.2480
1024 0.1240
EOD
set title "4 shards, batches of 512"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_512_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_512_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_2048_computing << EOD
1 0.9998
2 0.9992
4 0.9985
8 0.9975
16 0.9858
32 0.9817
64 0.8775
128 0.6406
256 0.4947
512 0.2473
1024 0.1237
EOD
$of_4_2048_busy << EOD
1 0.9998
2 0.9992
4 0.9986
8 0.9979
16 0.9864
32 0.9826
64 0.8798
128 0.8310
256 0.4953
512 0.2476
1024 0.1238
EOD
set title "4 shards, batches of 2,048"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_2048_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_2048_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
unset multiplot
