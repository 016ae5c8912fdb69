/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * Which series of runs a SARIF run belongs to (automationDetails).
 *
 * GitHub takes the id up to its last '/' as a category: it must tell the drivers
 * of a repository apart and stay the same from run to run.  Azure DevOps accepts
 * only ids of its own form, and four properties with them.  So the id always
 * has that form:
 *
 *	in an Azure pipeline   azuredevops/pipeline/build/ORGANISATION/PROJECT/
 *	                       DEFINITION/PHASE/BRANCH/BUILD
 *	anywhere else          azuredevops/pipeline/build/leak62/DRIVER/
 *	                       with -1, Azure's word for "no saved definition"
 *
 * The pipeline says who it is in its predefined variables; one that says only a
 * part of it counts as none.
 */
#include "sarif.h"

#include <string.h>

#define PREFIX "azuredevops/pipeline/build/"
#define NO_DEFINITION "-1"
/* A phase must have a GUID; this one stands for "leak62 outside of a pipeline". */
#define NO_PHASE "a1630cfb-da63-450d-9531-11c92b887590"

struct pipeline {
	const char *collection, *project, *definition, *definition_name;
	const char *phase, *phase_name, *branch, *build;
};

static const char *variable(const char *name, const char *other)
{
	const char *value = g_getenv(name);

	if ((!value || !*value) && other)
		value = g_getenv(other);
	return value && *value ? value : NULL;
}

static bool is_positive(const char *text)
{
	guint64 value;

	return g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT, &value, NULL);
}

static bool find_pipeline(struct pipeline *pipeline)
{
	const char *agent = variable("TF_BUILD", NULL);

	*pipeline = (struct pipeline){
	        .collection = variable("SYSTEM_COLLECTIONURI", NULL),
	        .project = variable("SYSTEM_TEAMPROJECTID", NULL),
	        .definition = variable("SYSTEM_DEFINITIONID", "BUILD_DEFINITIONID"),
	        .definition_name = variable("BUILD_DEFINITIONNAME", NULL),
	        .phase = variable("SYSTEM_PHASEID", "SYSTEM_JOBID"),
	        .phase_name = variable("SYSTEM_PHASENAME", "SYSTEM_JOBNAME"),
	        .branch = variable("BUILD_SOURCEBRANCH", NULL),
	        .build = variable("BUILD_BUILDID", NULL),
	};
	return agent && g_ascii_strcasecmp(agent, "True") == 0 && pipeline->collection &&
	       pipeline->project && pipeline->definition && is_positive(pipeline->definition) &&
	       pipeline->definition_name && pipeline->phase &&
	       g_uuid_string_is_valid(pipeline->phase) && pipeline->phase_name &&
	       pipeline->branch && pipeline->build && is_positive(pipeline->build);
}

/* https://dev.azure.com/NAME/ or https://NAME.visualstudio.com/; a new string. */
static char *organisation(const char *collection)
{
	g_autoptr(GUri) uri = g_uri_parse(collection, G_URI_FLAGS_NONE, NULL);
	const char *host = uri ? g_uri_get_host(uri) : NULL;
	g_auto(GStrv) segments = NULL;

	if (!host)
		return NULL;
	if (g_str_has_suffix(host, ".visualstudio.com"))
		return g_strndup(host, strcspn(host, "."));
	segments = g_strsplit(g_uri_get_path(uri), "/", 3);
	if (!segments[0] || !segments[1] || !*segments[1])
		return NULL;
	return g_strdup(segments[1]);
}

static json_t *details(const char *id, const char *definition, const char *definition_name,
                       const char *phase, const char *phase_name)
{
	json_t *object = json_object(), *properties = json_object();

	l62_sarif_set(object, "id", l62_sarif_text(id));
	l62_sarif_set(properties, PREFIX "buildDefinitionId", l62_sarif_text(definition));
	l62_sarif_set(properties, PREFIX "buildDefinitionName",
	              l62_sarif_text(definition_name));
	l62_sarif_set(properties, PREFIX "phaseId", l62_sarif_text(phase));
	l62_sarif_set(properties, PREFIX "phaseName", l62_sarif_text(phase_name));
	l62_sarif_set(object, "properties", properties);
	return object;
}

json_t *l62_sarif_automation(const struct l62_sarif *sarif)
{
	const char *driver = sarif->options->driver;
	struct pipeline pipeline;
	g_autofree char *name = NULL, *id = NULL;

	if (find_pipeline(&pipeline))
		name = organisation(pipeline.collection);
	if (name) {
		id = g_strdup_printf(PREFIX "%s/%s/%s/%s/%s/%s", name, pipeline.project,
		                     pipeline.definition, pipeline.phase, pipeline.branch,
		                     pipeline.build);
		return details(id, pipeline.definition, pipeline.definition_name,
		               pipeline.phase, pipeline.phase_name);
	}
	id = g_strdup_printf(PREFIX "leak62/%s/", driver);
	return details(id, NO_DEFINITION, "leak62", NO_PHASE, "scan");
}
