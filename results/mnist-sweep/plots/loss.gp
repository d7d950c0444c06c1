# gnuplot loss.gp  draws loss.png and loss.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'loss.png'
unit = 1.2
radius = 0.25
$curve0 << EOD
0	0.23358938758560563	0.23149394507302465	0.2356848300981866
1	0.08555915843835597	0.0852809264607222	0.08583739041598974
2	0.056218990479713425	0.05512105935925334	0.05731692160017351
3	0.039910738605882436	0.039308598296501525	0.040512878915263346
4	0.029658227286331138	0.028592009848069064	0.030724444724593212
EOD
$curve1 << EOD
0	0.0943879605102143	0.08858990694585171	0.10018601407457688
1	0.08362209432010899	0.07508760010642947	0.09215658853378851
2	0.08694466986114466	0.06313021066132898	0.11075912906096033
3	0.07748816579177427	0.07277110970171903	0.08220522188182951
4	0.08068554378173347	0.07439701048372098	0.08697407707974596
EOD
$hover << EOD
0	0.23358938758560563	p = 0, epoch 0: loss 0.2336 ± 0.0021 (5 seeds)
1	0.08555915843835597	p = 0, epoch 1: loss 0.0856 ± 0.0003 (5 seeds)
2	0.056218990479713425	p = 0, epoch 2: loss 0.0562 ± 0.0011 (5 seeds)
3	0.039910738605882436	p = 0, epoch 3: loss 0.0399 ± 0.0006 (5 seeds)
4	0.029658227286331138	p = 0, epoch 4: loss 0.0297 ± 0.0011 (3 seeds)
0	0.0943879605102143	p = 0, epoch 0: val_loss 0.0944 ± 0.0058 (5 seeds)
1	0.08362209432010899	p = 0, epoch 1: val_loss 0.0836 ± 0.0085 (5 seeds)
2	0.08694466986114466	p = 0, epoch 2: val_loss 0.0869 ± 0.0238 (5 seeds)
3	0.07748816579177427	p = 0, epoch 3: val_loss 0.0775 ± 0.0047 (5 seeds)
4	0.08068554378173347	p = 0, epoch 4: val_loss 0.0807 ± 0.0063 (3 seeds)
EOD
set label 1 'Training and validation loss, p = 0' at screen 0.02,0.95000 left font ',24' textcolor rgb '#1a1a1a'
set label 2 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd' at screen 0.02,0.89375 left font ',18' textcolor rgb '#595959'
set border 3 linewidth 1.5 linecolor rgb '#595959'
set tics nomirror scale 0 textcolor rgb '#1a1a1a'
set grid linetype 1 linewidth 1 linecolor rgb '#dedede'
set format '%g'
set pointintervalbox 0
set errorbars 0.7
set lmargin at screen 0.12500
set rmargin at screen 0.79688
set tmargin at screen 0.82812
set bmargin at screen 0.12500
set label 3 'epoch' at screen 0.46094,0.02969 center textcolor rgb '#1a1a1a'
set label 4 'loss (nats)' at screen 0.02917,0.47656 center rotate textcolor rgb '#1a1a1a'
set key at screen 0.81563,0.82812 left top vertical Left reverse samplen 3 spacing 1.25 font ',19' textcolor rgb '#1a1a1a'
set xrange [-0.3:4.3]
set xtics 0,1
set yrange [0:0.24511222330211407]
plot $curve0 using 1:3:4 with filledcurves fillcolor rgb '#0072b2' fillstyle transparent solid 0.2 noborder notitle, \
     $curve1 using 1:3:4 with filledcurves fillcolor rgb '#c44e00' fillstyle transparent solid 0.2 noborder notitle, \
     $curve0 using 1:2 with linespoints linecolor rgb '#0072b2' linewidth 2.5 dashtype solid pointtype 7 pointsize 1.4 * unit title 'train', \
     $curve1 using 1:2 with linespoints linecolor rgb '#c44e00' linewidth 2.5 dashtype (12,4) pointtype 5 pointsize 1.4 * unit title 'validation', \
     $hover using 1:2:3 with labels hypertext point pointtype 7 pointsize 11 * radius linecolor rgb '#ff000000' notitle
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'loss.svg'
unit = 0.56
radius = 0.13333333333333333
set key spacing 0.97 samplen 2.2
replot
unset output
