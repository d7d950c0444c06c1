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
45.285 137.36
45.285 157.31
42.667 146
42.667 164.43
42.667 142.91
4.5552 71.041
4.5552 131.77
4.5552 75.721
26.52 141.98
26.52 151.77
25.6 142.88
25.6 149.4
25.6 117.85
4.2525 64.914
4.2525 113.09
4.2525 67.652
14.502 100.43
14.502 123.86
14.222 120.27
14.222 131.72
14.222 86.021
3.7537 67.356
3.7537 80.911
3.7537 57.861
EOD
$product_onednn << EOD
45.285 158.92
45.285 170.97
42.667 174.86
42.667 173.57
42.667 163.13
4.5552 109.23
4.5552 95.922
4.5552 132.03
26.52 145.62
26.52 177.3
25.6 166.28
25.6 179.34
25.6 156.19
4.2525 105.62
4.2525 83.026
4.2525 122.57
14.502 126.42
14.502 180.33
14.222 139.33
14.222 183.46
14.222 130.12
3.7537 95.92
3.7537 70.392
3.7537 102.18
EOD
$product_bf16 << EOD
90.57 93.14
90.57 94.15
85.333 97.232
85.333 95.182
85.333 91.795
9.1103 54.939
9.1103 69.789
9.1103 86.09
53.04 92.383
53.04 95.859
51.2 92.033
51.2 88.437
51.2 85.917
8.505 51.121
8.505 59.205
8.505 76.285
29.003 92.597
29.003 87.042
28.444 94.084
28.444 92.751
28.444 88.018
7.5073 47.387
7.5073 55.44
7.5073 68.396
EOD
$elementwise << EOD
0.2 3.7873
0.2 3.8412
0.2 3.8206
0.24903 26.664
0.24806 24.062
0.24615 24.764
0.37354 4.7215
0.37209 4.9167
0.36923 4.9536
0.16623 20.121
0.1658 21.407
0.16495 22.167
0.74419 0.78368
0.73846 0.77003
0.72727 0.75632
0.55 24.985
EOD
plot (x * 449.94 < 212.15 ? x * 449.94 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 1 title 'L1, 450 GB/s', \
     (x * 102.68 < 212.15 ? x * 102.68 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 2 title 'L2, 103 GB/s', \
     (x * 53.561 < 212.15 ? x * 53.561 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 3 title 'L3, 53.6 GB/s', \
     (x * 30.511 < 212.15 ? x * 30.511 : 1/0) linecolor rgb '#8c8c8c' linewidth 2 dashtype 4 title 'memory, 30.5 GB/s', \
     212.15 linecolor rgb '#1a1a1a' linewidth 2 title 'fp32 peak, 212.1 GFLOP/s', \
     96.701 linecolor rgb '#1a1a1a' linewidth 2 title 'bf16 peak, 96.7 GFLOP/s', \
     $product with points pointtype 7 pointsize 1 linecolor rgb '#0072b2' title 'products, OpenBLAS fp32', \
     $product_onednn with points pointtype 5 pointsize 1 linecolor rgb '#00765a' title 'products, oneDNN fp32', \
     $product_bf16 with points pointtype 9 pointsize 1 linecolor rgb '#8c4b9c' title 'products, oneDNN bf16', \
     $elementwise with points pointtype 13 pointsize 1 linecolor rgb '#c44e00' title 'elementwise kernels'
set terminal svg size 960,640 font 'DejaVu Sans,12' background '#ffffff'
set output 'roofline.svg'
replot
