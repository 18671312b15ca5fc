"""Functions of matplotlib.pyplot, for ``from pylab import *`` where matplotlib is not installed."""

from __future__ import annotations

_NAMES = """
annotate arrow axes axhline axhspan axis axline axvline axvspan bar bar_label barbs barh box boxplot
cla clabel clf clim close cm cohere colorbar contour contourf csd delaxes draw errorbar eventplot
figaspect figimage figlegend fignum_exists figtext figure fill fill_between fill_betweenx gca gcf
gci get_cmap get_fignums ginput grid hexbin hist hist2d hlines imread imsave imshow ioff ion
isinteractive legend locator_params loglog magnitude_spectrum margins matshow minorticks_off
minorticks_on mlab pause pcolor pcolormesh phase_spectrum pie plot plot_date polar psd quiver
quiverkey rc rc_context rcdefaults rcParams rgrids savefig sca scatter sci semilogx semilogy
set_cmap setp show specgram spy stackplot stairs stem step streamplot style subplot subplot2grid
subplot_mosaic subplots subplots_adjust suptitle switch_backend table text thetagrids tick_params
ticklabel_format tight_layout title tricontour tricontourf tripcolor triplot twinx twiny violinplot
vlines waitforbuttonpress xcorr xlabel xlim xscale xticks ylabel ylim yscale yticks
"""
PLOT_NAMES = tuple(_NAMES.split())
