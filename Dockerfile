# One image for the web, the workers, the beat and the migrations; docker-compose.yml tells them apart.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=colourmaps.config.settings

# A fixed number, so that the owner of the upload volume stays the same from image to image.
RUN useradd --system --uid 10001 --home-dir /srv/colourmaps colourmaps \
    && install --directory --owner colourmaps /var/lib/colourmaps/uploads

WORKDIR /srv/colourmaps

# Before the code, so that a change of code does not install everything again.
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-compile --require-hashes -r requirements.lock

COPY . ./

# The settings refuse to load without these; nothing here connects or signs, and none of it stays.
RUN SECRET_KEY=only-while-building ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgres://nowhere REDIS_URL=redis://nowhere \
    sh -c "python -m colourmaps.config.catalogues && python manage.py collectstatic --noinput"

USER colourmaps
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "colourmaps.config.healthcheck"]

# Nothing is started with a role of the database that could step over the wall between municipalities.
ENTRYPOINT ["python", "-m", "colourmaps.config.start"]
CMD ["gunicorn", "colourmaps.config.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", \
     "--timeout=60", "--no-control-socket", "--max-requests=5000", "--max-requests-jitter=500", \
     "--worker-tmp-dir=/dev/shm"]
