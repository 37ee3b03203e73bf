/** Schema files: which signal types there are, and the names of entities. */
@NullMarked
package io.walreceiver.server.schemafile;

import org.jspecify.annotations.NullMarked;
