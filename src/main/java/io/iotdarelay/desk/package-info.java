/**
 * The operator's page: what a browser shows at {@code /}.
 *
 * <p>Input: what {@code GET /actuator/relay} answers, and what the meters have counted. Output: the files of the page, a stream of events
 * for each page that is open, and samples of the last hour.
 *
 * <p>Pages cost the relay little: it is asked once for all of them, on a thread of their own. There is a limit of streams, and a
 * reader that is slow gets what is newest when it is ready, never a queue. Nothing is served to who may not see it; a stream ends after
 * minutes, so that whoever is logged out gets no more. Whatever the page shows comes from the API, and is shown as text.
 *
 * <p>It must never know what the relay is made of: only the API and the totals of the meters. It changes nothing.
 */
@NullMarked
package io.iotdarelay.desk;

import org.jspecify.annotations.NullMarked;
