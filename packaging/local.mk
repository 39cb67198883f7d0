# SPDX-License-Identifier: MIT

EXTRA_DIST += \
	%D%/bash-completion/plasma-chain.bash \
	%D%/crontab.example \
	%D%/debian \
	%D%/prometheus/plasma-operator.rules.yml \
	%D%/systemd/plasma-chain.sysusers \
	%D%/systemd/plasma-operator.service \
	%D%/systemd/plasma-rootchain.service \
	%D%/systemd/plasma-watcher-check.service \
	%D%/systemd/plasma-watcher-check.timer \
	%D%/systemd/plasma-watcher.service

# One file completes all four; bash looks for it by the name of the program.
completion_dir = $(DESTDIR)$(datadir)/bash-completion/completions
completed = plasma-operator plasma-rootchain plasma-wallet plasma-watcher

install-data-local:
	$(MKDIR_P) '$(completion_dir)'
	for program in $(completed); do \
		$(INSTALL_DATA) \
			$(top_srcdir)/packaging/bash-completion/plasma-chain.bash \
			"$(completion_dir)/$$program" || exit; \
	done

uninstall-local:
	for program in $(completed); do \
		rm -f "$(completion_dir)/$$program"; \
	done

# A Debian package beside the tarball.
deb: dist
	$(top_srcdir)/tools/make-deb $(distdir).tar.xz .

.PHONY: deb
