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
1 0.9994
2 0.9994
4 0.9989
8 0.9983
16 0.9878
32 0.9835
64 0.8839
128 0.7380
256 0.4950
512 0.2474
1024 0.1236
EOD
$of_4_128_busy << EOD
1 0.9994
2 0.9995
4 0.9990
8 0.9988
16 0.9886
32 0.9851
64 0.8869
128 0.7411
256 0.4958
512 0.2478
1024 0.1237
EOD
set title "4 shards, batches of 128"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_128_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_128_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_512_computing << EOD
1 0.9993
2 0.9992
4 0.9990
8 0.9983
16 0.9880
32 0.9849
64 0.8834
128 0.7381
256 0.4953
512 0.2476
1024 0.1238
EOD
$of_4_512_busy << EOD
1 0.9993
2 0.9993
4 0.9991
8 0.9986
16 0.9886
32 0.9858
64 0.8860
128 0.7405
256 0.4959
512 0.2479
1024 0.1239
EOD
set title "4 shards, batches of 512"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_512_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_512_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_2048_computing << EOD
1 0.9994
2 0.9990
4 0.9983
8 0.9978
16 0.9862
32 0.9825
64 0.8793
128 0.7371
256 0.4948
512 0.2473
1024 0.1236
EOD
$of_4_2048_busy << EOD
1 0.9994
2 0.9991
4 0.9985
8 0.9983
16 0.9869
32 0.9834
64 0.8812
128 0.7399
256 0.4954
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
1 0.9994
2 0.9994
4 0.9989
8 0.9983
16 0.9878
32 0.9835
64 0.8839
128 0.7380
256 0.4950
512 0.2474
1024 0.1236
EOD
$of_4_128_busy << EOD
1 0.9994
2 0.9995
4 0.9990
8 0.9988
16 0.9886
32 0.9851
64 0.8869
128 0.7411
256 0.4958
512 0.2478
1024 0.1237
EOD
set title "4 shards, batches of 128"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_128_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_128_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_512_computing << EOD
1 0.9993
2 0.9992
4 0.9990
8 0.9983
16 0.9880
32 0.9849
64 0.8834
128 0.7381
256 0.4953
512 0.2476
1024 0.1238
EOD
$of_4_512_busy << EOD
1 0.9993
2 0.9993
4 0.9991
8 0.9986
16 0.9886
32 0.9858
64 0.8860
128 0.7405
256 0.4959
512 0.2479
1024 0.1239
EOD
set title "4 shards, batches of 512"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_512_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_512_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
$of_4_2048_computing << EOD
1 0.9994
2 0.9990
4 0.9983
8 0.9978
16 0.9862
32 0.9825
64 0.8793
128 0.7371
256 0.4948
512 0.2473
1024 0.1236
EOD
$of_4_2048_busy << EOD
1 0.9994
2 0.9991
4 0.9985
8 0.9983
16 0.9869
32 0.9834
64 0.8812
128 0.7399
256 0.4954
512 0.2476
1024 0.1238
EOD
set title "4 shards, batches of 2,048"
plot 1 with filledcurves y1=0 linecolor rgb '#dedede' title 'idle', $of_4_2048_busy with filledcurves y1=0 linecolor rgb '#c44e00' title 'communication', $of_4_2048_computing with filledcurves y1=0 linecolor rgb '#0072b2' title 'arithmetic'
unset ylabel
unset key
unset multiplot
