package io.walreceiver.checksum;

import java.lang.reflect.Constructor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which kernel hashes in lanes: vectors where the virtual machine was started with them, else plain loops. */
final class LaneKernels {

    private static final Logger LOG = LoggerFactory.getLogger(LaneKernels.class);

    private static final String MODULE = "jdk.incubator.vector";

    /** The first release with which the vectors were measured; the module of earlier ones is another. */
    private static final int FIRST_RELEASE = 25;

    /** Fewer ints at a time gain nothing over loops. */
    private static final int MIN_WIDTH = 8;

    private LaneKernels() {}

    /** Plain loops, which any virtual machine can do. */
    static Supplier<LaneKernel> loops() {
        return LoopKernel::new;
    }

    /** The fastest kind there is here. Says in the log what it is, and how there could be a faster one. */
    static Supplier<LaneKernel> fastest() {
        int release = Runtime.version().feature();
        if (release < FIRST_RELEASE) {
            return loops();
        }
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            LOG.info("checksums are computed in plain loops; with the option --add-modules {} they are faster", MODULE);
            return loops();
        }
        String vm = System.getProperty("java.vm.info", "");
        if (vm.contains("interpreted") || vm.contains("client")) {
            LOG.info("checksums are computed in plain loops: vectors need the server compiler, this is {}", vm);
            return loops();
        }
        return vectors();
    }

    /** By name, as the class cannot be loaded where the module is not. */
    private static Supplier<LaneKernel> vectors() {
        try {
            Class<? extends LaneKernel> type =
                    Class.forName("io.walreceiver.checksum.VectorKernel").asSubclass(LaneKernel.class);
            int width = (int) type.getDeclaredMethod("width").invoke(null);
            if (width < MIN_WIDTH) {
                LOG.info("checksums are computed in plain loops: vectors have room for {} ints only", width);
                return loops();
            }
            Constructor<? extends LaneKernel> constructor = type.getDeclaredConstructor();
            LOG.info("checksums are computed in vectors of {} ints", width);
            return () -> make(constructor);
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.warn("checksums are computed in plain loops: {} cannot be used", MODULE, e);
            return loops();
        }
    }

    private static LaneKernel make(Constructor<? extends LaneKernel> constructor) {
        try {
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no " + constructor.getDeclaringClass(), e);
        }
    }
}
