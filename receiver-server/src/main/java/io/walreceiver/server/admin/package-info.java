/** What operators change, offline as well as over HTTP: what it is answered with, and the audit. */
@NullMarked
package io.walreceiver.server.admin;

import org.jspecify.annotations.NullMarked;
