#include <sqlite3.h>
#include "leak62/witness.h"
#include "../facts/db.h"
int l62_control_codes_load(const char *path, struct l62_control_codes **codes, struct l62_error *err){
	sqlite3 *db; sqlite3_stmt *s; struct l62_control_codes *c=g_new0(struct l62_control_codes,1);
	c->codes=g_array_new(0,0,sizeof(struct l62_control_code)); c->strings=g_string_chunk_new(64);
	l62_db_open_file(path,&db,err); l62_db_prepare(db,"SELECT value FROM control_code ORDER BY value",&s,err);
	while(sqlite3_step(s)==SQLITE_ROW){struct l62_control_code x={.value=sqlite3_column_int64(s,0)};g_array_append_val(c->codes,x);} sqlite3_finalize(s); sqlite3_close(db); *codes=c; return 0;}
void l62_control_codes_free(struct l62_control_codes *c){g_array_unref(c->codes);g_string_chunk_free(c->strings);g_free(c);}
const struct l62_witness *l62_witness_of(const struct l62_finding *f){(void)f;return NULL;}
bool l62_witness_value(const struct l62_witness *w, enum l62_demand_kind k, int64_t *v){(void)w;(void)k;(void)v;return false;}
