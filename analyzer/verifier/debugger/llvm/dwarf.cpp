// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// DWARF by LLVM's reader, behind a C function; see dwarf.h.  What is damaged is
// left out.
#include "debugger/dwarf.h"

#include "llvm/DebugInfo/DWARF/DWARFContext.h"
#include "llvm/Object/COFF.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

using namespace llvm;

namespace {

class Reader {
public:
  Reader(const object::COFFObjectFile &File, uint64_t Base)
      : File(File), Base(Base) {}

  void read() {
    auto Ignore = [](Error E) { consumeError(std::move(E)); };
    auto Context = DWARFContext::create(
        File, DWARFContext::ProcessDebugRelocations::Ignore, nullptr, "",
        Ignore, Ignore);
    for (const auto &Unit : Context->compile_units()) {
      readLines(*Context, *Unit);
      readFunctions(*Unit);
    }
    readSymbols();
  }

  // Into memory as l62_pdb_clear() frees it: one block of names.
  bool give(l62_pdb &Pdb) const {
    auto *Text = static_cast<char *>(malloc(Names.size() + 1));
    Pdb.memory = static_cast<void **>(calloc(1, sizeof(void *)));
    Pdb.lines = static_cast<l62_pdb_line *>(
        calloc(Lines.size() + 1, sizeof(l62_pdb_line)));
    Pdb.symbols = static_cast<l62_pdb_symbol *>(
        calloc(Symbols.size() + 1, sizeof(l62_pdb_symbol)));
    if (!Text || !Pdb.memory || !Pdb.lines || !Pdb.symbols) {
      free(Text);
      return false;
    }
    memcpy(Text, Names.data(), Names.size());
    Pdb.memory[0] = Text;
    Pdb.memory_count = 1;
    for (const Entry &E : Lines)
      Pdb.lines[Pdb.line_count++] = {E.Rva, E.Number, Text + E.Name};
    for (const Entry &E : Symbols)
      Pdb.symbols[Pdb.symbol_count++] = {E.Rva, E.Number, Text + E.Name};
    return true;
  }

  bool hasLines() const { return !Lines.empty(); }

private:
  struct Entry {
    uint32_t Rva, Number; // a line; the size of a function
    size_t Name;
  };

  size_t intern(StringRef Name) {
    auto Found = Offsets.find(Name.str());
    if (Found != Offsets.end())
      return Found->second;
    size_t Offset = Names.size();
    Names += Name;
    Names += '\0';
    Offsets[Name.str()] = Offset;
    return Offset;
  }

  bool rvaOf(uint64_t Address, uint32_t &Rva) const {
    Rva = static_cast<uint32_t>(Address - Base);
    return Address >= Base && Address - Base <= UINT32_MAX;
  }

  // Rows of one line that follow each other are one: columns are not asked for.
  // Of several at one address the last one counts.
  void addLine(uint32_t Rva, uint32_t Line, size_t Name, bool First) {
    if (!First) {
      Entry &Last = Lines.back();
      if (Last.Rva == Rva && Line) {
        Last = {Rva, Line, Name};
        return;
      }
      if (Last.Number == Line && Last.Name == Name)
        return;
    }
    Lines.push_back({Rva, Line, Name});
  }

  void readLines(DWARFContext &Context, DWARFUnit &Unit) {
    const auto *Table = Context.getLineTableForUnit(&Unit);
    const char *Folder = Unit.getCompilationDir();
    bool First = true;
    if (!Table)
      return;
    for (const auto &Row : Table->Rows) {
      uint32_t Rva;
      std::string File;
      if (!rvaOf(Row.Address.Address, Rva))
        continue;
      if (!Row.EndSequence &&
          !Table->getFileNameByIndex(
              Row.File, Folder ? Folder : "",
              DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath, File))
        continue;
      addLine(Rva, Row.EndSequence ? 0 : Row.Line, intern(File), First);
      First = Row.EndSequence;
    }
  }

  void readFunctions(DWARFUnit &Unit) {
    for (const DWARFDebugInfoEntry &Info : Unit.dies()) {
      DWARFDie Die(&Unit, &Info);
      uint64_t Low, High, Section;
      uint32_t Rva;
      if (Die.getTag() != dwarf::DW_TAG_subprogram)
        continue;
      const char *Name = Die.getName(DINameKind::LinkageName);
      if (Name && Die.getLowAndHighPC(Low, High, Section) && High >= Low &&
          rvaOf(Low, Rva))
        Symbols.push_back(
            {Rva, static_cast<uint32_t>(High - Low), intern(Name)});
    }
  }

  // Functions without debug information, and variables: the linker's symbol
  // table.
  void readSymbols() {
    for (const object::SymbolRef &Symbol : File.symbols()) {
      Expected<StringRef> Name = Symbol.getName();
      Expected<uint64_t> Address = Symbol.getAddress();
      Expected<object::section_iterator> Section = Symbol.getSection();
      uint32_t Rva;
      if (Name && Address && Section && *Section != File.section_end() &&
          ((*Section)->isText() || (*Section)->isData() ||
           (*Section)->isBSS()) &&
          !Name->empty() && !Name->starts_with(".") && rvaOf(*Address, Rva))
        Symbols.push_back({Rva, 0, intern(*Name)});
      if (!Name)
        consumeError(Name.takeError());
      if (!Address)
        consumeError(Address.takeError());
      if (!Section)
        consumeError(Section.takeError());
    }
  }

  const object::COFFObjectFile &File;
  uint64_t Base;
  std::string Names;
  std::map<std::string, size_t> Offsets;
  std::vector<Entry> Lines, Symbols;
};

} // namespace

int l62_dwarf_read(l62_pdb *Pdb, const uint8_t *Data, size_t Size,
                   uint64_t Base, l62_error *Err) {
  StringRef Bytes(reinterpret_cast<const char *>(Data), Size);
  auto Object = object::COFFObjectFile::create(MemoryBufferRef(Bytes, ""));

  *Pdb = {};
  if (!Object) {
    consumeError(Object.takeError());
    return l62_error_set(Err, L62_E_FORMAT,
                         "LLVM's reader takes the image for damaged");
  }
  Reader R(**Object, Base);
  R.read();
  if (!R.hasLines())
    return l62_error_set(Err, L62_E_FORMAT,
                         "the image has no debug information of its own");
  if (!R.give(*Pdb)) {
    l62_pdb_clear(Pdb);
    return l62_error_set(Err, L62_E_INTERNAL, "no memory");
  }
  l62_pdb_sort(Pdb);
  return L62_OK;
}
