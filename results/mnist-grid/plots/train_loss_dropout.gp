# gnuplot train_loss_dropout.gp  draws train_loss_dropout.png and train_loss_dropout.svg in the current directory.
reset
set encoding utf8
set datafile separator "\t"
width = 960.; height = 640.
set terminal pngcairo noenhanced size 960,640 font 'DejaVu Sans,20' fontscale 0.75 dashlength 2 background '#ffffff'
set output 'train_loss_dropout.png'
unit = 1.2
title = 'Training loss (dropout on), learning-rate = 0.0003'
subtitle = 'mean of 5 seeds while at least half of them train; band: ± 1 sample sd'
x_label = 'epoch'
y_label = 'training loss (nats)'
legend = 'dropout p'
from_zero = 1
last = 15
low = 0
high = 0.6896820216519978
n = 4
values = 4
array names[4] = ['0', '0.2', '0.4', '0.6']
array looks[4] = [0, 1, 2, 3]
$curves << EOD
0	0.3401265487742692	0.33799270687946115	0.3422603906690772
1	0.1414840068807882	0.13975127352359878	0.1432167402379776
2	0.09436562486539142	0.09365507170071624	0.0950761780300666
3	0.06819785504794447	0.06741441547638591	0.06898129461950303
4	0.05145531822007497	0.05048206573481349	0.05242857070533646
5	0.03970077148298533	0.039024617912804344	0.04037692505316631
6	0.030831904621976082	0.029978300931400338	0.031685508312551826
7	0.023705827700038568	0.02310925727159994	0.024302398128477194
8	0.018187687714153255	0.01756008505496942	0.01881529037333709


0	0.38867146976338174	0.38549259722187434	0.39185034230488913
1	0.16646640427743234	0.16427763211895458	0.1686551764359101
2	0.11698642730161972	0.11567616752942889	0.11829668707381055
3	0.09028565385532042	0.08967061463966794	0.0909006930709729
4	0.07290144732691915	0.07225726087531609	0.07354563377852222
5	0.06068275436890695	0.06008301499870094	0.061282493739112966
6	0.05149107441727388	0.05049355684014341	0.05248859199440435
7	0.04408351092406345	0.043553045563199805	0.044613976284927095
8	0.03791965865934718	0.0372164325780203	0.03862288474067407
9	0.03338171529112454	0.03242928927341142	0.03433414130883766


0	0.47478110348170655	0.47037540203583666	0.4791868049275764
1	0.20906347252230534	0.2073069676550124	0.2108199773895983
2	0.15344154502060497	0.1519722982663092	0.15491079177490075
3	0.12384128678210693	0.12269172380531097	0.12499084975890289
4	0.10397831618427276	0.10275406837238214	0.10520256399616339
5	0.09096472513050892	0.09014330277910661	0.09178614748191123
6	0.08093288397951387	0.07976425273636022	0.08210151522266752
7	0.0725811332051575	0.07177628328688114	0.07338598312343385
8	0.06525845524081353	0.06331702923510536	0.0671998812465217
9	0.05948279826667818	0.05829412252055452	0.060671474012801846
10	0.05470848798227761	0.05384377938475353	0.055573196579801684
11	0.05042715242536807	0.04955855189118304	0.0512957529595531


0	0.6560249686415777	0.6488941472331575	0.6631557900499978
1	0.29203647317702386	0.29048466293532704	0.2935882834187207
2	0.22312582924857444	0.22140316124870438	0.2248484972484445
3	0.18792437052650285	0.18636373032520015	0.18948501072780555
4	0.163272065719999	0.1615953125997208	0.1649488188402772
5	0.14834537479946724	0.14712695994124414	0.14956378965769035
6	0.134680048030225	0.13312506759479978	0.13623502846565025
7	0.12494516134106022	0.12337994768982195	0.12651037499229847
8	0.11700515319797523	0.11536910342274637	0.1186412029732041
9	0.10881871389279588	0.10763504259715967	0.11000238518843208
10	0.10417715107887882	0.10194967752689656	0.10640462463086107
11	0.09916926046434883	0.09640864073468801	0.10192988019400966
12	0.0941340364233814	0.09298166707896507	0.09528640576779773
13	0.09002923425183555	0.0891714751634077	0.0908869933402634
14	0.08645615202166296	0.0854347925027624	0.08747751154056352
15	0.08290729038719304	0.08174999701560928	0.08406458375877679
EOD

# The look of all plots. Places are in pixels from the edges of a picture of width x height.
# Lines and text stand out from the paper by a contrast of at least 3 : 1 (WCAG 2.1, 1.4.11); first and second: after
# Okabe and Ito (2008), "Color Universal Design"; the palette: even steps of lightness, so that the order survives grey.
paper = '#ffffff'; ink = '#1a1a1a'; muted = '#595959'; rule = '#dedede'; idle = '#8c8c8c'
first = '#0072b2'; second = '#c44e00'; correct = '#c6e2fb'
heat(level) = word('#fbe8ce #f1c89b #e7a668 #d9843c #c4651c #a94b0f #8a3510 #672514', level + 1)
set palette defined (0 '#002471', 1 '#5a009a', 2 '#9d0179', 3 '#ca2949', 4 '#d76504')
unset colorbox
share(i, n) = n < 2 ? 0 : i / (n - 1.)  # of the palette, for the i-th of n
marker(i) = int(word('7 5 9 13 11 6 4 8 12', i % 9 + 1))
set dashtype 2 (12,4); set dashtype 3 (4,3); set dashtype 4 (14,4,3,4); set dashtype 5 (12,4,3,4,3,4)
dash(i) = i % 5 + 1  # with the markers: a combination of its own for the first 45 lines
lesser(a, b) = a < b ? a : b
greater(a, b) = a > b ? a : b
decade(x) = 10. ** floor(log10(x))
nice(x) = x <= 1 ? 1 : decade(x) * (x <= 1.001 * decade(x) ? 1 : x <= 2 * decade(x) ? 2 : x <= 5 * decade(x) ? 5 : 10)

left = 120.; right = 30.; top = 110.; bottom = 80.; x_room = 20.
axes = "set lmargin at screen left / width; set rmargin at screen 1 - right / width;" \
     . "set tmargin at screen 1 - top / height; set bmargin at screen bottom / height;" \
     . "set label 3 x_label at screen (left + width - right) / 2 / width, (bottom - 41 - x_room) / height center textcolor rgb ink;" \
     . "set label 4 y_label at screen 28. / width, (bottom + height - top) / 2 / height center rotate textcolor rgb ink"
legend_right(lines) = "set key at screen 1 - (right - 18) / width, 1 - (top + 14) / height left top vertical Left reverse" \
     . sprintf(" samplen 3 spacing 1.25 font ',%.0f' textcolor rgb ink;", greater(9, lesser(19, (height - top - bottom) / 1.5 / (lines + 1)))) \
     . "set label 5 legend at screen 1 - (right - 28) / width, 1 - top / height left font ',18' textcolor rgb ink"
along_seeds = "left = 150.; right = 195.; eval axes; eval legend_right(n);" \
     . "set xrange [first_seeds - greater(0.5, 0.03 * (last - first_seeds)) : last + greater(0.5, 0.03 * (last - first_seeds))];" \
     . "set xtics nice((last - first_seeds) / 13.); set yrange [low:high]; marker_interval = int((last - first_seeds + 50) / 50)"
legend_below = "set key outside bottom center horizontal Left reverse samplen 2 width 2 maxrows 1 font ',18' textcolor rgb ink"
set label 1 title at screen 0.02, 1 - 32. / height left font ',24' textcolor rgb ink
set label 2 subtitle at screen 0.02, 1 - 68. / height left font ',18' textcolor rgb muted
set border 3 linewidth 1.5 linecolor rgb muted
set tics nomirror scale 0 textcolor rgb ink
set grid linetype 1 linewidth 1 linecolor rgb rule
set format '%g'
set pointintervalbox 0
set errorbars 0.7

# $curves: for each curve a block of epoch, mean, mean - sd, mean + sd. looks: numbers of their colours and markers, of
# `values` in all.
right = 195.
eval axes
eval legend_right(n)
if (values == 2 && from_zero) { set palette defined (0 first, 1 second) }
set xrange [-greater(0.3, 0.03 * last) : last + greater(0.3, 0.03 * last)]
set xtics 0, nice(last / 13.)
set yrange [low:high]
plot for [i = 1 : n] $curves index i - 1 using 1:3:4 with filledcurves fillcolor palette frac share(looks[i], values) \
       fillstyle transparent solid (n > 2 ? 0.12 : 0.2) noborder notitle, \
     for [i = 1 : n] $curves index i - 1 using 1:2 with linespoints linecolor palette frac share(looks[i], values) \
       linewidth 2.5 dashtype dash(looks[i]) pointtype marker(looks[i]) pointsize 1.4 * unit \
       pointinterval int((last + 50) / 50) title names[i]
set terminal svg noenhanced size 960,640 font 'DejaVu Sans,20' background '#ffffff'
set output 'train_loss_dropout.svg'
unit = 0.56
set key spacing 0.97 samplen 2.2
replot
unset output
