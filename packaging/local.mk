# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	%D%/crontab.example \
	%D%/debian \
	%D%/prometheus/plasma-operator.rules.yml \
	%D%/systemd/plasma-chain.sysusers \
	%D%/systemd/plasma-operator.service \
	%D%/systemd/plasma-rootchain.service \
	%D%/systemd/plasma-watcher-check.service \
	%D%/systemd/plasma-watcher-check.timer \
	%D%/systemd/plasma-watcher.service

# A Debian package beside the tarball.
deb: dist
	$(top_srcdir)/tools/make-deb $(distdir).tar.xz .

.PHONY: deb
