/// Folders of manifests, one for each app that can be installed.
///
/// Owns: which file is an app's entry, which folder wins, reading an entry with its variables. Never: what is installed, and what
/// an entry says: a folder that is listed has only its names looked at. Called on any thread; blocks for IO.
@NullMarked
package reeve.declare.catalogue;

import org.jspecify.annotations.NullMarked;
