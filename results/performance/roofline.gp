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
45.285 100.47
45.285 102.67
42.667 101.27
42.667 101.75
42.667 97.252
4.5552 71.424
4.5552 96.26
4.5552 65.066
26.52 96.473
26.52 99.098
25.6 96.229
25.6 97.419
25.6 90.502
4.2525 67.514
4.2525 82.384
4.2525 61.334
14.502 86.281
14.502 91.074
14.222 87.271
14.222 91.036
14.222 77.636
3.7537 67.935
3.7537 64.582
3.7537 55.712
EOD
$product_onednn << EOD
45.285 109.48
45.285 108.82
42.667 110.92
42.667 110.84
42.667 110.7
4.5552 71.124
4.5552 52.635
4.5552 89.783
26.52 102.79
26.52 106.57
25.6 105.93
25.6 109.3
25.6 106.12
4.2525 70.344
4.2525 51.339
4.2525 80.873
14.502 95.236
14.502 105.62
14.222 99.549
14.222 105.58
14.222 98.248
3.7537 68.066
3.7537 48.946
3.7537 71.898
EOD
$product_bf16 << EOD
90.57 218.32
90.57 213.62
85.333 215.76
85.333 215.04
85.333 218.33
9.1103 129.2
9.1103 84.595
9.1103 132.06
53.04 208.38
53.04 207.06
51.2 211.1
51.2 208.8
51.2 214.08
8.505 117.06
8.505 79.786
8.505 119.46
29.003 191.35
29.003 190.69
28.444 187.37
28.444 194.99
28.444 199.45
7.5073 97.71
7.5073 77.465
7.5073 95.632
EOD
$elementwise << EOD
0.2 2.914
0.2 2.8221
0.2 2.9825
0.24903 41.537
0.24806 42.686
0.24615 41.208
0.37354 6.5398
0.37209 6.5257
0.36923 6.4374
0.16623 24.694
0.1658 23.649
0.16495 24.89
0.74419 0.72843
0.73846 0.72485
0.72727 0.7197
0.55 38.218
EOD
plot (x * 306.06 < 234.63 ? x * 306.06 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 title 'L1, 306 GB/s', \
     (x * 224.68 < 234.63 ? x * 224.68 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 title 'L2, 225 GB/s', \
     (x * 179.18 < 234.63 ? x * 179.18 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 3 title 'L3, 179 GB/s', \
     (x * 46.405 < 234.63 ? x * 46.405 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 4 title 'memory, 46.4 GB/s', \
     117.4 linecolor rgb '#1a1a1a' linewidth 2 title 'fp32 peak, 117.4 GFLOP/s', \
     234.63 linecolor rgb '#1a1a1a' linewidth 2 title 'bf16 peak, 234.6 GFLOP/s', \
     $product with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'products, OpenBLAS fp32', \
     $product_onednn with points pointtype 5 pointsize 1 linecolor rgb '#00765a' title 'products, oneDNN fp32', \
     $product_bf16 with points pointtype 9 pointsize 1 linecolor rgb '#8c4b9c' title 'products, oneDNN bf16', \
     $elementwise with points pointtype 13 pointsize 1 linecolor rgb '#c44e00' title 'elementwise kernels'
set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'
set output 'roofline.svg'
replot
