# SPDX-License-Identifier: BSD-2-Clause

# The dashboard as a C source, made anew whenever a part of it changes.

cat << END                                                    >> $NGX_MAKEFILE

$NGX_OBJS/addon/web/dashboard.c: `echo $ngx_addon_dir/src/web/*` \
	$ngx_addon_dir/dev/web $ngx_addon_dir/src/cricket_version.h
	mkdir -p $NGX_OBJS/addon/web
	UPLOT='$CRICKET_UPLOT' $ngx_addon_dir/dev/web \
	    $NGX_OBJS/addon/web/dashboard.c

END
