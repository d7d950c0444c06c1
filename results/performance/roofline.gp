set terminal pngcairo size 960,640 font 'DejaVu Sans,12'
set output 'roofline.png'
set encoding utf8
set title "Roofline of one core: kernels of a training step with 128, 64 and 32 rows"
set logscale xy
set xrange [0.05:200]
set xlabel "operations per byte"
set ylabel "GFLOP/s of one core"
set key bottom right
set grid linecolor rgb '#dedede'
set border 3
set tics nomirror
$product << EOD
45.285 100.92
45.285 98.496
42.667 96.763
42.667 99.343
42.667 92.453
4.5552 71.377
4.5552 83.335
4.5552 62.466
26.52 91.573
26.52 95.406
25.6 96.737
25.6 98.26
25.6 85.333
4.2525 63.058
4.2525 82.412
4.2525 52.146
14.502 82.537
14.502 87.476
14.222 83.642
14.222 86.779
14.222 78.196
3.7537 63.109
3.7537 55.802
3.7537 42.035
EOD
$product_onednn << EOD
45.285 104.51
45.285 104.67
42.667 106.17
42.667 105.27
42.667 107.07
4.5552 69.518
4.5552 48.057
4.5552 79.211
26.52 101.33
26.52 102.26
25.6 106.7
25.6 108.96
25.6 101.14
4.2525 64.578
4.2525 47.801
4.2525 66.987
14.502 92.542
14.502 97.474
14.222 92.247
14.222 97.515
14.222 94.716
3.7537 66.725
3.7537 43.095
3.7537 63.106
EOD
$product_bf16 << EOD
90.57 208.42
90.57 211.5
85.333 211.09
85.333 209.11
85.333 216.71
9.1103 127.09
9.1103 69.255
9.1103 125.92
53.04 209.29
53.04 205.96
51.2 199.74
51.2 209.43
51.2 205.19
8.505 114
8.505 74.371
8.505 98.186
29.003 192.97
29.003 193.41
28.444 180.89
28.444 195.9
28.444 191.77
7.5073 78.474
7.5073 76.144
7.5073 75.147
EOD
$elementwise << EOD
0.2 3.0809
0.2 2.1741
0.2 2.3738
0.24903 38.606
0.24806 42.778
0.24615 28.85
0.37354 4.0537
0.37209 4.4675
0.36923 4.036
0.16623 22.184
0.1658 24.671
0.16495 17.264
0.74419 0.60368
0.73846 0.60101
0.72727 0.71381
0.55 38.871
EOD
plot (x * 274.46 < 234.57 ? x * 274.46 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 title 'L1, 274 GB/s', \
     (x * 226.37 < 234.57 ? x * 226.37 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 title 'L2, 226 GB/s', \
     (x * 182.69 < 234.57 ? x * 182.69 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 3 title 'L3, 183 GB/s', \
     (x * 49.991 < 234.57 ? x * 49.991 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 4 title 'memory, 50 GB/s', \
     117.24 linecolor rgb '#1a1a1a' linewidth 2 title 'fp32 peak, 117.2 GFLOP/s', \
     234.57 linecolor rgb '#1a1a1a' linewidth 2 title 'bf16 peak, 234.6 GFLOP/s', \
     $product with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'products, OpenBLAS fp32', \
     $product_onednn with points pointtype 5 pointsize 1 linecolor rgb '#00765a' title 'products, oneDNN fp32', \
     $product_bf16 with points pointtype 9 pointsize 1 linecolor rgb '#8c4b9c' title 'products, oneDNN bf16', \
     $elementwise with points pointtype 13 pointsize 1 linecolor rgb '#c44e00' title 'elementwise kernels'
set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'
set output 'roofline.svg'
replot
