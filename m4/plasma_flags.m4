# SPDX-License-Identifier: MIT

# PLASMA_TRY_CFLAG(VARIABLE, FLAG): appends FLAG to VARIABLE if the compiler
# takes it without a word.
AC_DEFUN([PLASMA_TRY_CFLAG], [
AS_VAR_PUSHDEF([known], [plasma_cv_cflag_$2])
AC_CACHE_CHECK([whether $CC accepts $2], [known], [
	plasma_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[return 0;]])],
		[AS_VAR_SET([known], [yes])], [AS_VAR_SET([known], [no])])
	CFLAGS=$plasma_saved_cflags
])
AS_VAR_IF([known], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([known])
])

# PLASMA_TRY_LDFLAG(VARIABLE, FLAG): the same for the linker.
AC_DEFUN([PLASMA_TRY_LDFLAG], [
AS_VAR_PUSHDEF([known], [plasma_cv_ldflag_$2])
AC_CACHE_CHECK([whether the linker accepts $2], [known], [
	plasma_saved_ldflags=$LDFLAGS
	LDFLAGS="$LDFLAGS $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [[return 0;]])],
		[AS_VAR_SET([known], [yes])], [AS_VAR_SET([known], [no])])
	LDFLAGS=$plasma_saved_ldflags
])
AS_VAR_IF([known], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([known])
])

# PLASMA_OPTIONAL_LIBRARY(NAME, MODULE, WHAT-FOR): uses a pkg-config module if
# it is there, unless --without-NAME says no; --with-NAME insists on it. Defines
# HAVE_NAME, sets NAME_CFLAGS and NAME_LIBS.
AC_DEFUN([PLASMA_OPTIONAL_LIBRARY], [
AS_VAR_PUSHDEF([have], [have_$1])
AC_ARG_WITH([$1], [AS_HELP_STRING([--without-$1], [do not use $2 ($3)])],
	[], [with_$1=auto])
have=no
AS_IF([test "x$with_$1" != xno], [
	PKG_CHECK_MODULES(m4_toupper([$1]), [$2], [have=yes],
		[AS_IF([test "x$with_$1" = xyes],
			[AC_MSG_ERROR([--with-$1 was given, but $2 is not there])])])
])
AS_IF([test "x$have" = xyes],
	[AC_DEFINE([HAVE_]m4_toupper([$1]), [1], [Define to 1 to use $2: $3.])])
AM_CONDITIONAL([HAVE_]m4_toupper([$1]), [test "x$have" = xyes])
AS_VAR_POPDEF([have])
])
