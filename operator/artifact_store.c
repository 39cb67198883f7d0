/* SPDX-License-Identifier: MIT */
#include "operator/artifact_store.h"

#include <stdio.h>
#include <string.h>

#include "common/base/memory.h"
#include "common/service/atomic_file.h"
#include "common/service/strict_json.h"

#define FILE_CEILING ((size_t)8 << 20)
#define CODE_CEILING 65536
#define PATH_SIZE 4096
#define LIBRARY_SIZE ((size_t)20)

/* The hex digits with the places of libraries as zeros: __$...$__, 40 digits
 * each, is all that may stand there beside digits. */
static bool read_code(struct contract_artifact *artifact, const json_t *root,
		      struct error *error)
{
	const char *text;

	if (!strict_json_string(&text, root, "bytecode", error))
		return false;
	char *digits = memory_copy_string(text, strlen(text));
	for (char *place = strstr(digits, "__$"); place != NULL;
	     place = strstr(place, "__$")) {
		size_t len = strlen(place);

		memset(place, '0',
		       len < 2 * LIBRARY_SIZE ? len : 2 * LIBRARY_SIZE);
	}
	bool has_prefix = strncmp(digits, "0x", 2) == 0;
	json_t *value = json_sprintf("0x%s", has_prefix ? digits + 2 : digits);
	growing_buffer_init(&artifact->code, CODE_CEILING);
	bool ok = strict_json_data(&artifact->code, value, error);
	json_decref(value);
	memory_free(digits);
	if (ok && artifact->code.len == 0)
		ok = error_set(error, ERROR_BAD_INPUT, "it has no code");
	return ok;
}

static bool read_places(struct contract_artifact *artifact, const char *library,
			const json_t *places, struct error *error)
{
	for (size_t i = 0; i < json_array_size(places); i++) {
		const json_t *place = json_array_get(places, i);
		struct contract_link *link =
			&artifact->links[artifact->link_count];
		uint64_t start;
		uint64_t length;

		if (!strict_json_number(&start, place, "start", error) ||
		    !strict_json_number(&length, place, "length", error))
			return false;
		if (length != LIBRARY_SIZE || start > CODE_CEILING ||
		    strlen(library) >= DEPLOYMENT_NAME_SIZE ||
		    artifact->link_count == DEPLOYMENT_MAX_LINKS)
			return error_set(error, ERROR_BAD_INPUT,
					 "library %s cannot be linked",
					 library);
		(void)snprintf(link->library, sizeof(link->library), "%s",
			       library); /* it fits */
		link->offset = (size_t)start;
		artifact->link_count++;
	}
	return true;
}

/* {"file.sol": {"Library": [{"start": n, "length": 20}]}} */
static bool read_links(struct contract_artifact *artifact, json_t *root,
		       struct error *error)
{
	json_t *files = NULL;
	json_t *libraries;
	json_t *places;
	const char *file;
	const char *library;

	if (!strict_json_member(&files, root, "linkReferences", error))
		return false;
	json_object_foreach(files, file, libraries)
	{
		json_object_foreach(libraries, library, places)
		{
			if (!read_places(artifact, library, places, error))
				return false;
		}
	}
	return true;
}

static bool read_artifact(struct contract_artifact *artifact,
			  const char *folder, struct error *error)
{
	struct growing_buffer text;
	char path[PATH_SIZE];

	if (snprintf(path, sizeof(path), "%s/%s.json", folder,
		     artifact->name) >= (int)sizeof(path))
		return error_set(error, ERROR_USAGE,
				 "the folder's name is too "
				 "long");
	growing_buffer_init(&text, FILE_CEILING);
	if (!atomic_file_read(&text, path, error)) {
		growing_buffer_clear(&text);
		return false;
	}
	json_t *root = strict_json_parse_new(growing_buffer_view(&text), error);
	growing_buffer_clear(&text);
	bool ok = root != NULL && read_code(artifact, root, error) &&
		  read_links(artifact, root, error);
	json_decref(root);
	return ok ? true : error_wrap(error, "%s", path);
}

static bool has_artifact(const struct contract_artifacts *artifacts,
			 const char *name)
{
	for (size_t i = 0; i < artifacts->count; i++) {
		if (strcmp(artifacts->of[i].name, name) == 0)
			return true;
	}
	return false;
}

static void add_name(struct contract_artifacts *artifacts, const char *name)
{
	if (has_artifact(artifacts, name))
		return;
	artifacts->of = memory_resize(artifacts->of, artifacts->count + 1,
				      sizeof(*artifacts->of));
	struct contract_artifact *artifact = &artifacts->of[artifacts->count++];
	memset(artifact, 0, sizeof(*artifact));
	(void)snprintf(artifact->name, sizeof(artifact->name), "%s",
		       name); /* it fits */
}

bool contract_artifacts_read(struct contract_artifacts *out, const char *folder,
			     struct error *error)
{
	*out = (struct contract_artifacts){ NULL, 0 };
	for (size_t i = 0; deployment_contract_names[i] != NULL; i++)
		add_name(out, deployment_contract_names[i]);
	/* Libraries join the list while it is walked. */
	for (size_t i = 0; i < out->count; i++) {
		if (out->count > DEPLOYMENT_MAX_CONTRACTS)
			return error_set(error, ERROR_BAD_INPUT,
					 "%s: too many libraries", folder);
		if (!read_artifact(&out->of[i], folder, error))
			return false;
		for (size_t j = 0; j < out->of[i].link_count; j++) {
			char library[DEPLOYMENT_NAME_SIZE];

			memcpy(library, out->of[i].links[j].library,
			       sizeof(library));
			add_name(out, library);
		}
	}
	return true;
}

void contract_artifacts_clear(struct contract_artifacts *artifacts)
{
	for (size_t i = 0; i < artifacts->count; i++)
		growing_buffer_clear(&artifacts->of[i].code);
	memory_free(artifacts->of);
	*artifacts = (struct contract_artifacts){ NULL, 0 };
}
