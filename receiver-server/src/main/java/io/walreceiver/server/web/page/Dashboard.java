package io.walreceiver.server.web.page;

import io.walreceiver.server.web.Answer;
import io.walreceiver.server.web.WebFeature;
import io.walreceiver.server.web.WebRoutes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * The dashboard at {@code /}: a page, its scripts and its styles. There is no data in them, so anyone may have them; what is shown, the
 * page asks for with the credentials of whoever looks.
 *
 * <p>What there is, is a fixed list, read once. The files' common digest is part of their path: a browser keeps them for good, and
 * never mixes those of two versions.
 */
public final class Dashboard implements WebFeature {

    private static final String OWN = "/io/walreceiver/server/web/page/";
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String FOR_GOOD = "private, max-age=31536000, immutable";

    private final Asset page;
    private final List<Asset> assets;

    /** Reads the files, which are part of the program. */
    public Dashboard() {
        this.page = Asset.read(OWN, "index.html", "text/html; charset=utf-8");
        this.assets = List.of(
                Asset.read(OWN, "app.js", SCRIPT),
                Asset.read(OWN, "charts.js", SCRIPT),
                Asset.read(OWN, "detail.js", SCRIPT),
                Asset.read(OWN, "dom.js", SCRIPT),
                Asset.read(OWN, "format.js", SCRIPT),
                Asset.read(OWN, "grid.js", SCRIPT),
                Asset.read(OWN, "live.js", SCRIPT),
                Asset.read(OWN, "panels.js", SCRIPT),
                Asset.read(OWN, "states.js", SCRIPT),
                Asset.read(OWN, "theme.js", SCRIPT),
                Asset.read(OWN, "style.css", STYLE),
                Asset.read(OWN, "icon.svg", "image/svg+xml"),
                Asset.read(UPLOT, "uPlot.esm.js", SCRIPT),
                Asset.read(UPLOT, "uPlot.min.css", STYLE));
    }

    @Override
    public void addTo(WebRoutes routes) {
        String folder = "/assets/" + Asset.digest(assets) + "/";
        String html = new String(page.bytes(), StandardCharsets.UTF_8).replace("assets/", folder.substring(1));
        Answer index = Answer.text(page.contentType(), html)
                .header("Content-Security-Policy", POLICY)
                .header("Cache-Control", "no-cache");
        routes.open("/", call -> Mono.just(index));
        for (Asset asset : assets) {
            Answer answer = Answer.bytes(asset.contentType(), asset.bytes())
                    .header("Content-Security-Policy", POLICY)
                    .header("Cache-Control", FOR_GOOD);
            routes.open(folder + asset.name(), call -> Mono.just(answer));
        }
    }
}
